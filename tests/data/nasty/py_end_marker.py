c.ServerApp.ip = 'a'
__END__
any text
