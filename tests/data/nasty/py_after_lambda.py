c.A.f = lambda: 'ip'
from os import environ
c.ServerApp.ip = 'a'
