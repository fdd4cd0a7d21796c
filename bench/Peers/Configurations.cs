namespace Sluice.Peers;

/// <summary>
/// The same task for every proxy: one worker, keep-alive on both sides, tunnels that may idle
/// for an hour; below /logged/ a line in nginx's combined format for every request, as all of
/// them do unless told otherwise, elsewhere none.
/// </summary>
static class Configurations
{
    /// <summary>nginx's combined format, in HAProxy's words and quoted as its files want it.</summary>
    const string combined =
        "%ci - - [%trl] \\\"%HM %HU %HV\\\" %ST %B "
        + "\\\"%[capture.req.hdr(0)]\\\" \\\"%[capture.req.hdr(1)]\\\"";

    public static string Nginx(int port, int backendPort, bool isNginx) => $$"""
        worker_processes 1;
        worker_rlimit_nofile 20000;
        {{(isNginx ? "daemon off;" : "")}}
        error_log logs/error.log;
        pid logs/proxy.pid;
        events { worker_connections 40000; }
        http {
            access_log off;
            keepalive_requests 100000000;
            upstream backend {
                server 127.0.0.1:{{backendPort}};
                keepalive 256;
                keepalive_requests 100000000;
            }
            map $http_upgrade $connection_upgrade {
                default upgrade;
                '' '';
            }
            server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location / {
                    proxy_pass http://backend;
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $connection_upgrade;
                    proxy_set_header Host $host;
                    proxy_set_header X-Real-IP $remote_addr;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_read_timeout 3600s;
                    proxy_send_timeout 3600s;
                    location /logged/ {
                        proxy_pass http://backend;
                        access_log logs/access.log;
                    }
                }
            }
        }
        """;

    public static string HaProxy(int port, int backendPort) => $$"""
        global
            maxconn 9500
            nbthread 1
        defaults
            mode http
            timeout connect 10s
            timeout client 1h
            timeout server 1h
            timeout tunnel 1h
            option http-keep-alive
            http-reuse always
            log stdout format raw local0
            log-format "{{combined}}"
        frontend front
            bind 127.0.0.1:{{port}} backlog 4096
            option forwardfor
            capture request header Referer len 100
            capture request header User-Agent len 200
            http-request set-log-level silent unless { path_beg /logged/ }
            http-request set-header X-Forwarded-Proto http
            http-request set-header X-Real-IP %[src]
            default_backend back
        backend back
            server one 127.0.0.1:{{backendPort}} pool-max-conn 256

        """;
}
