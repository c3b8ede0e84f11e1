import contextlib
with contextlib.suppress(OSError): c.A.x = 1
   	