c.ServerApp.update(ip='a', port=1)
