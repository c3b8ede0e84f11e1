# coding: utf-7
c.A.x = '+AOk-'
