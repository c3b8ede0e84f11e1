c.JupyterNotebookApp.port = 9000
