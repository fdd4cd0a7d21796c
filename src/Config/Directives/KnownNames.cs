using System.Collections.Immutable;

namespace Sluice.Config.Directives;

/// <summary>A module of nginx and those of its directives that Sluice does not have.</summary>
public sealed record KnownModule(string Name, ImmutableArray<string> Directives);

/// <summary>
/// The directives of nginx 1.31's open modules that have no row: a configuration with one of them
/// is refused by its name.
/// </summary>
public static class KnownNames
{
    public static ImmutableArray<KnownModule> Modules { get; } =
    [
        Of("ngx_core_module", "ssl_engine ssl_object_cache_inheritable quic_bpf"),
        Of("ngx_google_perftools_module", "google_perftools_profiles"),
        Of("ngx_http_core_module", """
            alias auth_delay chunked_transfer_encoding client_body_in_file_only
            disable_symlinks early_hints etag if_modified_since keepalive_disable
            keepalive_min_timeout limit_except limit_rate limit_rate_after
            log_not_found log_subrequest max_headers max_ranges msie_padding
            msie_refresh post_action recursive_error_pages resolver resolver_timeout
            satisfy
            """),
        Of("ngx_http_access_module", "allow deny"),
        Of("ngx_http_addition_module", "add_after_body add_before_body addition_types"),
        Of("ngx_http_auth_basic_module", "auth_basic auth_basic_user_file"),
        Of("ngx_http_auth_request_module", "auth_request auth_request_set"),
        Of("ngx_http_autoindex_module", """
            autoindex autoindex_exact_size autoindex_format autoindex_localtime
            """),
        Of("ngx_http_browser_module", """
            ancient_browser ancient_browser_value modern_browser
            modern_browser_value
            """),
        Of("ngx_http_charset_module", """
            charset charset_map charset_types override_charset source_charset
            """),
        Of("ngx_http_dav_module", """
            create_full_put_path dav_access dav_methods min_delete_depth
            """),
        Of("ngx_http_empty_gif_module", "empty_gif"),
        Of("ngx_http_fastcgi_module", Upstream("fastcgi", """
            bind buffering cache cache_background_update cache_bypass cache_key
            cache_lock cache_lock_age cache_lock_timeout cache_max_range_offset
            cache_methods cache_min_uses cache_path cache_purge cache_revalidate
            cache_use_stale cache_valid catch_stderr force_ranges
            ignore_client_abort index keep_conn limit_rate max_temp_file_size
            no_cache param pass_request_body pass_request_headers
            request_buffering send_lowat split_path_info store store_access
            temp_file_write_size buffers busy_buffers_size
            """)),
        Of("ngx_http_flv_module", "flv"),
        Of("ngx_http_geo_module", "geo"),
        Of("ngx_http_geoip_module", """
            geoip_city geoip_country geoip_org geoip_proxy geoip_proxy_recursive
            """),
        Of("ngx_http_grpc_module", Upstream("grpc", "bind set_header " + Ssl)),
        Of("ngx_http_gunzip_module", "gunzip gunzip_buffers"),
        Of("ngx_http_gzip_module", """
            gzip gzip_buffers gzip_comp_level gzip_disable gzip_hash
            gzip_http_version gzip_min_length gzip_no_buffer gzip_proxied
            gzip_types gzip_vary gzip_window postpone_gzipping
            """),
        Of("ngx_http_gzip_static_module", "gzip_static"),
        Of("ngx_http_headers_module", "add_header_inherit add_trailer add_trailer_inherit"),
        Of("ngx_http_image_filter_module", """
            image_filter image_filter_buffer image_filter_interlace
            image_filter_jpeg_quality image_filter_sharpen
            image_filter_transparency image_filter_webp_quality
            """),
        Of("ngx_http_js_module", """
            js_access js_body_filter js_content js_context_reuse js_engine
            js_fetch_buffer_size js_fetch_ciphers
            js_fetch_max_response_buffer_size js_fetch_protocols js_fetch_timeout
            js_fetch_trusted_certificate js_fetch_verify js_fetch_verify_depth
            js_header_filter js_import js_include js_path js_periodic
            js_preload_object js_set js_shared_dict_zone js_var
            """),
        Of("ngx_http_limit_conn_module", """
            limit_conn limit_conn_dry_run limit_conn_log_level limit_conn_status
            limit_conn_zone
            """),
        Of("ngx_http_limit_req_module", """
            limit_req limit_req_dry_run limit_req_log_level limit_req_status
            limit_req_zone
            """),
        Of("ngx_http_memcached_module", Prefixed("memcached", """
            bind buffer_size connect_timeout gzip_flag next_upstream
            next_upstream_timeout next_upstream_tries pass read_timeout
            send_timeout socket_keepalive
            """)),
        Of("ngx_http_mirror_module", "mirror mirror_request_body"),
        Of("ngx_http_mp4_module", """
            mp4 mp4_buffer_size mp4_max_buffer_size mp4_start_key_frame
            """),
        Of("ngx_http_perl_module", "perl perl_modules perl_require perl_set"),
        Of("ngx_http_proxy_module", Names("""
            proxy_bind_dynamic proxy_cache_background_update
            proxy_cache_convert_head proxy_cache_key proxy_cache_lock
            proxy_cache_lock_age proxy_cache_lock_timeout
            proxy_cache_max_range_offset proxy_cache_methods proxy_cache_min_uses
            proxy_cache_path proxy_cache_purge proxy_cache_revalidate
            proxy_cache_use_stale proxy_cache_valid proxy_cookie_flags
            proxy_force_ranges proxy_ignore_headers proxy_limit_rate
            proxy_no_cache proxy_pass_trailers proxy_socket_rcvbuf
            proxy_socket_sndbuf proxy_store proxy_store_access
            """).AddRange(Prefixed("proxy", Ssl))),
        Of("ngx_http_random_index_module", "random_index"),
        Of("ngx_http_realip_module", "real_ip_header real_ip_recursive set_real_ip_from"),
        Of("ngx_http_referer_module", """
            referer_hash_bucket_size referer_hash_max_size valid_referers
            """),
        Of("ngx_http_rewrite_module", "break if rewrite rewrite_log uninitialized_variable_warn"),
        Of("ngx_http_scgi_module", Upstream("scgi", GatewaySuffixes)),
        Of("ngx_http_secure_link_module", "secure_link secure_link_md5 secure_link_secret"),
        Of("ngx_http_slice_module", "slice"),
        Of("ngx_http_split_clients_module", "split_clients"),
        Of("ngx_http_ssi_module", """
            ssi ssi_ignore_recycled_buffers ssi_last_modified ssi_min_file_chunk
            ssi_silent_errors ssi_types ssi_value_length
            """),
        Of("ngx_http_ssl_module", """
            ssl ssl_buffer_size ssl_certificate ssl_certificate_cache
            ssl_certificate_compression ssl_certificate_key ssl_ciphers
            ssl_client_certificate ssl_conf_command ssl_crl ssl_dhparam
            ssl_early_data ssl_ecdh_curve ssl_ech_file ssl_key_log ssl_ocsp
            ssl_ocsp_cache ssl_ocsp_responder ssl_password_file
            ssl_prefer_server_ciphers ssl_protocols ssl_reject_handshake
            ssl_session_cache ssl_session_ticket_key ssl_session_tickets
            ssl_session_timeout ssl_stapling ssl_stapling_file
            ssl_stapling_responder ssl_stapling_verify ssl_trusted_certificate
            ssl_verify_client ssl_verify_depth
            """),
        Of("ngx_http_stub_status_module", "stub_status"),
        Of("ngx_http_sub_module", """
            sub_filter sub_filter_last_modified sub_filter_once sub_filter_types
            """),
        Of("ngx_http_tunnel_module", """
            tunnel_allow_upstream tunnel_bind tunnel_bind_dynamic
            tunnel_buffer_size tunnel_connect_timeout tunnel_next_upstream
            tunnel_next_upstream_timeout tunnel_next_upstream_tries tunnel_pass
            tunnel_read_timeout tunnel_send_lowat tunnel_send_timeout
            tunnel_socket_keepalive
            """),
        Of("ngx_http_upstream_module", "least_time sticky"),
        Of("ngx_http_userid_module", """
            userid userid_domain userid_expires userid_flags userid_mark
            userid_name userid_p3p userid_path userid_service
            """),
        Of("ngx_http_uwsgi_module",
            Upstream("uwsgi", GatewaySuffixes + " modifier1 modifier2 string " + Ssl)),
        Of("ngx_http_v2_module", """
            http2 http2_body_preread_size http2_chunk_size http2_idle_timeout
            http2_max_concurrent_pushes http2_max_concurrent_streams
            http2_max_field_size http2_max_header_size http2_max_requests
            http2_pool_size http2_push http2_push_preload http2_recv_buffer_size
            http2_recv_timeout http2_streams_index_size
            """),
        Of("ngx_http_v3_module", """
            http3 http3_hq http3_max_concurrent_streams http3_stream_buffer_size
            quic_active_connection_id_limit quic_gso quic_host_key quic_retry
            """),
        Of("ngx_http_xslt_module", """
            xml_entities xslt_last_modified xslt_param xslt_string_param
            xslt_stylesheet xslt_types
            """),
        Of("ngx_mail_core_module", "mail"),
        Of("ngx_stream_core_module", "stream"),
        Of("ngx_otel_module", """
            otel_exporter otel_service_name otel_span_attr otel_span_name
            otel_trace otel_trace_context
            """),
    ];

    /// <summary>What the modules that speak to an application have in common.</summary>
    const string UpstreamSuffixes = """
        buffer_size connect_timeout hide_header ignore_headers intercept_errors
        next_upstream next_upstream_timeout next_upstream_tries pass pass_header
        read_timeout send_timeout socket_keepalive
        """;

    const string GatewaySuffixes = """
        bind buffering buffers busy_buffers_size cache cache_background_update
        cache_bypass cache_key cache_lock cache_lock_age cache_lock_timeout
        cache_max_range_offset cache_methods cache_min_uses cache_path cache_purge
        cache_revalidate cache_use_stale cache_valid force_ranges ignore_client_abort
        limit_rate max_temp_file_size no_cache param pass_request_body
        pass_request_headers request_buffering store store_access temp_file_write_size
        """;

    const string Ssl = """
        ssl_certificate ssl_certificate_cache ssl_certificate_key ssl_ciphers
        ssl_conf_command ssl_crl ssl_key_log ssl_name ssl_password_file ssl_protocols
        ssl_server_name ssl_session_reuse ssl_trusted_certificate ssl_verify
        ssl_verify_depth
        """;

    static KnownModule Of(string module, string names) => new(module, Names(names));

    static KnownModule Of(string module, ImmutableArray<string> names) => new(module, names);

    static ImmutableArray<string> Names(string text) =>
        [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    static ImmutableArray<string> Prefixed(string prefix, string suffixes) =>
        [.. Names(suffixes).Select(suffix => $"{prefix}_{suffix}")];

    static ImmutableArray<string> Upstream(string prefix, string suffixes) =>
        Prefixed(prefix, UpstreamSuffixes + " " + suffixes);
}
