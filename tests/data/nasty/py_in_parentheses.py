c.ServerApp.ip = (
  'a'
  'b'  # c
)
