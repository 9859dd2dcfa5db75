//! A3, B1 and B2: servers whose user types the answers, and the clients of sheet B.

use crate::stage::{Peer, Running, free_port, listener, start};

fn turns_server() -> (u16, Running) {
    let port = free_port();
    (port, start!("turns-server", "--port", port))
}

#[test]
fn turns_server_answers_by_hand_and_then_the_next_client() {
    let (port, mut server) = turns_server();
    let mut alice = Peer::connect(port);
    let mut bob = Peer::connect(port);
    bob.sends("from bob");
    alice.sends("你好");
    server.shows(&format!("recv from Alex: {} 你好\n>>>", alice.name()));
    // Nothing can't be sent, and the client would wait for it for ever.
    server.types("");
    server.shows(">>>");
    server.types("再见 alice");
    alice.gets("再见 alice");
    server.shows("send to alex: 再见 alice\n");
    // Connected is not served: only now is it bob's turn.
    alice.closes();
    server.shows(&format!("recv from Alex: {} from bob\n>>>", bob.name()));
    server.types("to bob");
    bob.gets("to bob");
    server.shows("send to alex: to bob\n");
    bob.sends("unread answer");
    server.shows(&format!(
        "recv from Alex: {} unread answer\n>>>",
        bob.name()
    ));
    server.ends_input();
    bob.sees_the_end();
    server.ends(0);
}

#[test]
fn turns_server_waits_for_its_keyboard_while_more_comes() {
    let (port, mut server) = turns_server();
    let mut alice = Peer::connect(port);
    alice.sends("one");
    server.shows(&format!("recv from Alex: {} one\n>>>", alice.name()));
    alice.sends("two");
    server.types("1");
    alice.gets("1");
    server.shows(&format!(
        "send to alex: 1\nrecv from Alex: {} two\n>>>",
        alice.name()
    ));
    server.types("2");
    server.shows("send to alex: 2\n");
    alice.resets();
    let mut bob = Peer::connect(port);
    bob.sends("bob");
    server.shows(&format!("recv from Alex: {} bob\n>>>", bob.name()));
}

#[test]
fn turns_server_and_client_fit_each_other() {
    let (port, mut server) = turns_server();
    Peer::connect(port).closes();
    let mut client = start!("turns-client", "--port", port);
    client.shows(">>>:");
    client.types("你好");
    assert!(server.shows_line().ends_with(" 你好"));
    server.shows(">>>");
    server.types("再见 alice");
    client.shows("Received 再见 alice\n>>>:");
}

#[test]
fn once_server_answers_one_message_and_ends() {
    let port = free_port();
    let mut server = start!("once-server", "--port", port);
    server.shows("---服务已经启动---\n");
    let mut alice = Peer::connect(port);
    server.shows(&format!("客户端的地址 >>> : {}\n", alice.name()));
    alice.sends(&"你好".as_bytes()[..4]);
    alice.sends(&"你好".as_bytes()[4..]);
    server.shows("接收客户端的数据 >>> : 你好\n请输入 >>> :");
    server.types("回答");
    alice.gets("回答");
    alice.sees_the_end();
    server.ends(0);
}

#[test]
fn once_server_ends_with_a_client_that_says_nothing() {
    let port = free_port();
    let mut server = start!("once-server", "--port", port);
    server.shows("---服务已经启动---\n");
    let alice = Peer::connect(port);
    server.shows(&format!("客户端的地址 >>> : {}\n", alice.name()));
    alice.closes();
    server.ends(0);
}

#[test]
fn once_client_asks_sends_shows_and_ends() {
    let (listener, port) = listener();
    let mut client = start!("once-client", "--port", port);
    let mut server = Peer::accept(&listener);
    client.shows("服务端连接成功\n请输入 >>> :");
    client.types("你好");
    server.gets("你好");
    server.sends("回答");
    client.shows("接收服务端的数据 >>> : 回答\n");
    client.ends(0);
    server.sees_the_end();
}

#[test]
fn a_client_whose_server_is_gone_says_so() {
    for program in ["once-client", "threads-client"] {
        let (listener, port) = listener();
        let mut client = start!(program, "--port", port);
        let server = Peer::accept(&listener);
        if program == "once-client" {
            client.shows("服务端连接成功\n");
        }
        client.shows("请输入 >>> :");
        server.closes();
        client.types("x");
        client.ends(0);
        assert_eq!(client.complaint(), "the server has closed the connection\n");
    }
}

#[test]
fn threads_server_serves_several_and_outlives_a_reset() {
    let port = free_port();
    let mut server = start!("threads-server", "--port", port);
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(Peer::connect(port));
        server.shows("聊天服务器上线了\n");
    }
    // In whatever order they speak, each gets the answer to its own words.
    for (index, client) in clients.iter_mut().enumerate().rev() {
        client.sends(format!("老王:{index}"));
        server.shows(&format!("老王:{index}\n请输入 >>> :"));
        server.types(&format!("答{index}"));
        client.gets(format!("答{index}"));
    }
    let mut lost = clients.remove(1);
    lost.sends("lost");
    server.shows("lost\n请输入 >>> :");
    server.types("unread");
    lost.resets();
    server.shows("一个客户端关闭了连接\n");
    clients.remove(0).closes();
    server.shows("一个客户端关闭了连接\n");
    clients[0].sends("still here");
    server.shows("still here\n请输入 >>> :");
    server.types("yes");
    clients[0].gets("yes");
}

#[test]
fn threads_server_asks_for_one_client_at_a_time() {
    let port = free_port();
    let mut server = start!("threads-server", "--port", port);
    let mut alice = Peer::connect(port);
    let mut bob = Peer::connect(port);
    server.shows("聊天服务器上线了\n聊天服务器上线了\n");
    alice.sends("from alice");
    server.shows("from alice\n请输入 >>> :");
    bob.sends("from bob");
    server.shows("from bob\n");
    server.types("to alice");
    alice.gets("to alice");
    server.shows("请输入 >>> :");
    server.types("to bob");
    bob.gets("to bob");
}

#[test]
fn threads_client_sends_behind_its_name_until_exit() {
    let (listener, port) = listener();
    let mut client = start!("threads-client", "--port", port);
    let mut server = Peer::accept(&listener);
    for text in ["你好", "exit now"] {
        client.shows("请输入 >>> :");
        client.types(text);
        server.gets(format!("老王:{text}"));
        server.sends("收到");
        client.shows("接收服务端的数据 >>> : 收到\n");
    }
    client.shows("请输入 >>> :");
    client.types("exit");
    // Not sent.
    server.sees_the_end();
    client.ends(0);
}
