c.update({'ServerApp': {'port': 1}})
