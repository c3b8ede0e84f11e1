# -*- coding: latin-1 -*-
c.A.name = 'Käthe'; c.ServerApp.ip = 'ä'; c.A.z = 'ö'
