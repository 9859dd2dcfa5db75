# Python's own library does the talking.
import http.client

connection = http.client.HTTPConnection("127.0.0.1", 8080)
connection.request("GET", "/")
response = connection.getresponse()
print(response.status, response.reason)
try:
    page = response.read()
except http.client.IncompleteRead as error:
    page = error.partial
print(page.decode("utf-8", "replace"))
