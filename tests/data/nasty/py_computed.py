from os import environ
c.ServerApp.ip = environ.get('IP', 'a')
