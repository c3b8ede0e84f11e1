c.NotebookApp.ip = 'a'
