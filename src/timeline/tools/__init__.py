"""The published tables in the files of tools that people use: a module for each format, which writes to a folder."""
