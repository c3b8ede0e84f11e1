for s in (c.ServerApp, c.NotebookApp):
    s.ip = 'a'
