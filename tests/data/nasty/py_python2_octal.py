c.A.mode = 0777
