"""Small widgets and painters shared by the pages."""
