c = get_config()

c.NotebookApp.port = 9000
