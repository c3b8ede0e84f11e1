print 'starting'
c.NotebookApp.ip = u'a'
