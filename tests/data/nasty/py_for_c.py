for c in ('a', 'b'):
    pass
