"use strict";
const net = require("net");
net.createServer((client) => client.on("data", (data) => client.write(data))).listen(9999);
