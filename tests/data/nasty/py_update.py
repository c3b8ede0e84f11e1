c.ServerApp.update({
    'ip': 'a',  # why
    'port': 1,
})
