c = get_config()  #noqa
get_config().ServerApp.ip = 'a'
