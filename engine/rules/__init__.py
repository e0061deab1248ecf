"""What law and manual decide.  Pure: values in, values out."""
