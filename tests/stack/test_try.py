import time
def test_it(new_project, cloud):
    t=time.time()
    p=new_project(); print("init",time.time()-t); t=time.time()
    r=p.up(); print(r, time.time()-t); t=time.time()
    r=p.up("--diff"); print(r, time.time()-t); t=time.time()
    p.edit("instance_count=2","instance_count=3")
    r=p.preview("--diff"); print(r, time.time()-t); t=time.time()
    cloud.forget_requests()
    r=p.up(); print(r, time.time()-t); t=time.time()
    for s in cloud.sent(): print(s, s.body)
    r=p.destroy(); print(r, time.time()-t); t=time.time()
    print(p.export())
