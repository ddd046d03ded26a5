"""The published dataset as a folder of web pages, for people who would rather look than write code."""
