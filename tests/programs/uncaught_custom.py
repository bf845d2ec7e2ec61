class MyError(Exception):
    def __str__(self):
        return "text\nof two lines"
raise MyError(1)
