c.NotebookApp.open_browser = False
c.NotebookApp.enable_mathjax = False
