c.A.help = '''
# c.ServerApp.ip = 'localhost'
'''
