c.ServerApp.root_dir = r'C:\data'
