module sample-plugin

go 1.21
