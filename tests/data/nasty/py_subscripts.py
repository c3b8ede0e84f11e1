c["ServerApp"]['ip'] = 'a'
c.ServerApp["port"] = 1
