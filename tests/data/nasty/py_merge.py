c.merge({'ServerApp': {'ip': 'a', 'port': 1}, 'A': {'x': 2}})
