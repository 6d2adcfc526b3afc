"""Tables: one delegate paints a whole row from a flat record, models keep only what is near the screen."""
