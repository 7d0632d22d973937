"""`python manage.py profile bulk`: a bulk run from the list to the files, without pages, broker or workers."""
