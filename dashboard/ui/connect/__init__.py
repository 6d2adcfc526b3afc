"""The Connect overlay, made from what each kind says of itself."""
