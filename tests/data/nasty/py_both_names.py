c.NotebookApp.ip = 'a'
c.ServerApp.ip = 'b'
