c.ServerApp.local_hostnames.append('a')
