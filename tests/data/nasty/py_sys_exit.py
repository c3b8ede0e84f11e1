import sys
c.ServerApp.ip = 'a'
sys.exit()
