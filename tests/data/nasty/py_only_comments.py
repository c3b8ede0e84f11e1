# nothing here
# at all