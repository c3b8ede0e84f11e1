# vim: set fileencoding=cp1252 :
c.A.money = '€'
c.ServerApp.ip = u'€uro'  # €
