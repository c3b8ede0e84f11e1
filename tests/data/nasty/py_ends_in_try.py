try:
	c.A.x = 1
except Exception:
	pass


