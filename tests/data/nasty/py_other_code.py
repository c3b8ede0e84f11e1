import json
json.dumps(c)
