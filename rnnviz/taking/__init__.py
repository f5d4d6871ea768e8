"""What is taken away from the window: figures, the record, a film, an image on the clipboard."""
