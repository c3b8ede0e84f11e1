c.NotebookApp.port = 9000
c.NotebookApp.portt = 9000
