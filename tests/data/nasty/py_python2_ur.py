c.A.x = ur'a'
c.A.y = `1`
