c = get_config = None
