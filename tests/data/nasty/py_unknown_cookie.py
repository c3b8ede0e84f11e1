# coding: klingon
c.A.x = 1
