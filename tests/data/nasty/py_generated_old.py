# Configuration file for jupyter-notebook.

## The IP address the notebook server will listen on.
#  Default: 'localhost'
#c.NotebookApp.ip = 'localhost'

#c.NotebookApp.port = 8888