# Configuration file for jupyter-server.

c = get_config()  #noqa

## The IP address the Jupyter server will listen on.
#  Default: 'localhost'
# c.ServerApp.ip = 'localhost'

## DEPRECATED, use root_dir.
#  Default: ''
# c.ServerApp.notebook_dir = ''
