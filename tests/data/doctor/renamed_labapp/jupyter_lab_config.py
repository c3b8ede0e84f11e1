# Written for JupyterLab 2.
c.LabApp.ip = '127.0.0.1'
