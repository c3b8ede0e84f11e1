c.ServerApp.ip = 'jntui-doctor'
