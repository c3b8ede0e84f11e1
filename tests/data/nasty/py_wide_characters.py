c.A.x = '猫😀'; c.ServerApp.ip = '猫'; c.A.y = 'é'
