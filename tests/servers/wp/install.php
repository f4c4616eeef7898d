<?php
// Installs an empty site with pretty permalinks and prints an application password of its editor.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = parse_url(getenv('WP_URL'), PHP_URL_HOST);
require getenv('WP_SITE') . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

function wp_install_defaults($user_id) {
    // Without the first post, page and comment: a test finds an account with nothing on it.
    global $wpdb;
    $wpdb->insert($wpdb->terms, ['name' => 'Uncategorized', 'slug' => 'uncategorized']);
    $wpdb->insert($wpdb->term_taxonomy, ['term_id' => $wpdb->insert_id, 'taxonomy' => 'category']);
}

function wp_new_blog_notification($title, $url, $user_id, $password) {
    // Nobody waits for a message.
}

wp_install('Atlas', 'admin', 'admin@example.test', false, '', 'admin');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Europe/Paris');
$editor = wp_insert_user([
    'user_login' => 'cm', 'user_pass' => 'cm', 'user_email' => 'cm@example.test', 'role' => 'editor',
]);
wp_insert_term('Actualités & co', 'category');
echo WP_Application_Passwords::create_new_application_password($editor, ['name' => 'cmctl'])[0];
